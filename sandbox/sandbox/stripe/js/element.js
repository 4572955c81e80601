// One mounted form: a card's fields in a shadow tree, so that the page's styles and scripts keep out of them.

class Emitter {
  constructor() {
    this._handlers = new Map();
  }

  on(event, handler) {
    if (typeof handler !== "function") throw new IntegrationError(`The handler of ${event} has to be a function.`);
    this._handlers.set(event, [...(this._handlers.get(event) || []), handler]);
    return this;
  }

  once(event, handler) {
    const once = (value) => {
      this.off(event, once);
      handler(value);
    };
    return this.on(event, once);
  }

  off(event, handler) {
    const left = handler ? (this._handlers.get(event) || []).filter((known) => known !== handler) : [];
    this._handlers.set(event, left);
    return this;
  }

  _emit(event, value) {
    for (const handler of this._handlers.get(event) || []) handler(value);
  }
}

const FIELDS = {
  number: { label: "Card number", autocomplete: "cc-number", hint: "1234 1234 1234 1234", wide: true },
  expiry: { label: "Expiration date", autocomplete: "cc-exp", hint: "MM / YY" },
  cvc: { label: "Security code", autocomplete: "cc-csc", hint: "CVC" },
  country: { label: "Country", autocomplete: "billing country", wide: true },
  postal: { label: "Postal code", autocomplete: "billing postal-code", hint: "", wide: true },
};
const FORMATS = { number: formatNumber, expiry: formatExpiry };
const TEST_NOTICE = "Test mode: only test cards are taken, such as 4242 4242 4242 4242 with any future date.";

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

class CardFormElement extends Emitter {
  constructor(kind, options, elements) {
    super();
    this._kind = kind;
    this._options = options || {};
    this._elements = elements;
    this._host = null;
    this._inputs = {};
    this._errors = {};
    this._touched = new Set();
    this._brand = "unknown";
  }

  mount(target) {
    const place = typeof target === "string" ? document.querySelector(target) : target;
    if (!(place instanceof Element)) {
      throw new IntegrationError(`The selector you specified (${target}) applies to no DOM elements on the page.`);
    }
    if (this._host === null) this._build();
    place.replaceChildren(this._host);
    this._load();
    return this;
  }

  unmount() {
    if (this._host !== null) this._host.remove();
    return this;
  }

  destroy() {
    this.unmount();
    this._host = null;
    this._elements._forget(this);
    return this;
  }

  update(options) {
    this._options = merged(this._options, options);
    return this;
  }

  focus() {
    if (this._host !== null) this._inputs.number.focus();
  }

  blur() {
    const active = this._host && this._host.shadowRoot.activeElement;
    if (active) active.blur();
  }

  clear() {
    for (const name of ["number", "expiry", "cvc", "postal"]) if (this._inputs[name]) this._inputs[name].value = "";
    this._touched.clear();
    Object.keys(this._inputs).forEach((name) => this._show(name, null));
    this._changed();
  }

  collapse() {
    return this;
  }

  _build() {
    this._host = make("div", { class: "__StripeElement", "data-stripe-element": this._kind });
    const root = this._host.attachShadow({ mode: "open", delegatesFocus: true });
    const form = make("fieldset", { class: "Form", "aria-label": "Secure card payment input" });
    form.append(make("p", { class: "Notice" }, TEST_NOTICE));
    for (const name of this._names()) form.append(this._field(name));
    if (this._elements._savesCard() && (this._options.terms || {}).card !== "never") {
      const terms = "By providing your card information, you allow future payments to be charged to this card.";
      form.append(make("p", { class: "Notice" }, terms));
    }
    root.append(form);
    this._base = sheetOf(BASE_STYLE);
    this._restyle();
    form.addEventListener("keydown", (event) => event.key === "Escape" && this._emit("escape", this._facts()));
    this._host.addEventListener("focusin", () => this._emit("focus", this._facts()));
    this._host.addEventListener("focusout", (event) => {
      if (!this._host.contains(event.relatedTarget)) this._emit("blur", this._facts());
    });
  }

  _names() {
    if (this._kind === "card") return ["number", "expiry", "cvc", ...(this._options.hidePostalCode ? [] : ["postal"])];
    const details = (this._options.fields || {}).billingDetails;
    return ["number", "expiry", "cvc", ...(this._hides(details) ? [] : ["country", "postal"])];
  }

  _hides(details) {
    const address = typeof details === "object" ? details.address : details;
    return address === "never" || (typeof address === "object" && address.country === "never");
  }

  _field(name) {
    const { label, autocomplete, hint, wide } = FIELDS[name];
    const error = make("p", { class: "Error", id: `${name}-error`, role: "alert" });
    const common = { class: "Input", id: name, name, autocomplete, "aria-describedby": error.id };
    const input = name === "country" ? this._countries(common) : make("input", { ...common, type: "text" });
    if (name !== "country") {
      if (hint) input.placeholder = hint;
      input.required = name !== "postal";
      input.inputMode = name === "postal" ? "text" : "numeric";
    }
    this._inputs[name] = input;
    this._errors[name] = error;
    input.addEventListener("input", () => this._typed(name));
    input.addEventListener("blur", () => this._left(name));
    const text = make("label", { class: "Label", for: name }, label);
    const field = make("div", { class: wide ? "Field Field--wide" : "Field" }, text, input, error);
    field.hidden = name === "postal" && !this._asksPostal();
    return field;
  }

  _countries(attributes) {
    const names = new Intl.DisplayNames(["en"], { type: "region" });
    const select = make("select", attributes);
    const sorted = COUNTRIES.map((code) => [names.of(code), code]).sort(([a], [b]) => a.localeCompare(b));
    for (const [text, code] of sorted) select.append(new Option(text, code));
    const wanted = (((this._options.defaultValues || {}).billingDetails || {}).address || {}).country;
    const region = (navigator.language.split("-")[1] || "US").toUpperCase();
    select.value = [wanted, region, "US"].find((code) => COUNTRIES.includes(code));
    return select;
  }

  _asksPostal() {
    return this._kind === "card" || Boolean(POSTAL[this._values().country]);
  }

  _values() {
    const values = { number: "", expiry: "", cvc: "", country: "", postal: "" };
    for (const [name, input] of Object.entries(this._inputs)) values[name] = input.value;
    return values;
  }

  _typed(name) {
    const input = this._inputs[name];
    if (FORMATS[name]) this._format(input, FORMATS[name]);
    if (name === "cvc") input.value = digitsOf(input.value).slice(0, 4);
    if (name === "number") this._brand = brandOf(digitsOf(input.value)).brand;
    if (name === "country" && this._inputs.postal) {
      this._inputs.postal.closest(".Field").hidden = !this._asksPostal();
    }
    if (this._touched.has(name)) this._show(name, this._problem(name));
    this._changed();
  }

  // Reformatting must not throw the caret to the end while somebody corrects a digit in the middle.
  _format(input, format) {
    const before = digitsOf(input.value.slice(0, input.selectionStart)).length;
    const atEnd = input.selectionStart === input.value.length;
    const text = format(input.value);
    input.value = text;
    if (atEnd) return;
    let place = 0;
    for (let seen = 0; place < text.length && seen < before; place += 1) if (/\d/.test(text[place])) seen += 1;
    input.setSelectionRange(place, place);
  }

  _left(name) {
    if (!this._inputs[name].value) return;
    this._touched.add(name);
    this._show(name, this._problem(name));
  }

  _problem(name) {
    if (name === "postal" && !this._asksPostal()) return null;
    const values = this._values();
    if (this._kind === "card" && name === "postal") return null;
    return CHECKS[name](values[name], values);
  }

  _show(name, problem) {
    const input = this._inputs[name];
    this._errors[name].textContent = problem ? problem.message : "";
    input.classList.toggle("Input--invalid", problem !== null);
    if (problem) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  _facts() {
    return { elementType: this._kind };
  }

  _changed() {
    const values = this._values();
    const empty = !values.number && !values.expiry && !values.cvc;
    const problems = Object.keys(this._inputs).map((name) => this._problem(name));
    const facts = { ...this._facts(), empty, complete: problems.every((problem) => problem === null) };
    if (this._kind === "card") {
      const shown = problems.find((problem) => problem !== null && problem.code.startsWith("invalid"));
      this._emit("change", { ...facts, brand: this._brand, error: shown, value: { postalCode: values.postal } });
    } else {
      this._emit("change", { ...facts, collapsed: false, value: { type: "card" } });
    }
  }

  async _load() {
    this._emit("loaderstart", this._facts());
    const error = await this._elements._ready();
    if (this._host === null || !this._host.isConnected) return;
    if (error) this._emit("loaderror", { ...this._facts(), error });
    else this._emit("ready", this._facts());
  }

  _restyle() {
    if (this._host === null) return;
    this._host.shadowRoot.adoptedStyleSheets = [this._base, appearanceSheet(this._elements._appearance())];
  }

  // Shows every problem, puts the cursor into the first one and returns it.
  _validate() {
    if (this._host === null || !this._host.isConnected) {
      throw new IntegrationError(`The ${this._kind} Element has to be mounted before it can be used.`);
    }
    let first = null;
    for (const name of Object.keys(this._inputs)) {
      const problem = this._problem(name);
      this._touched.add(name);
      this._show(name, problem);
      if (problem && !first) first = { name, problem };
    }
    if (first) this._inputs[first.name].focus();
    return first && first.problem;
  }

  _methodData() {
    const values = this._values();
    const expiry = digitsOf(values.expiry);
    const address = { country: values.country, postal_code: this._asksPostal() ? values.postal.trim() : "" };
    return {
      type: "card",
      card: {
        number: digitsOf(values.number),
        exp_month: Number(expiry.slice(0, 2)),
        exp_year: 2000 + Number(expiry.slice(2)),
        cvc: values.cvc,
      },
      billing_details: merged((this._options.defaultValues || {}).billingDetails || {}, { address }),
    };
  }
}
