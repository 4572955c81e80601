// The group of elements that belong to one payment.

const ELEMENT_TYPES = ["payment", "card"];
const MODES = ["payment", "setup", "subscription"];

class Elements extends Emitter {
  constructor(key, options = {}) {
    super();
    this._key = key;
    this._options = options;
    this._members = [];
    this._intent = null;
    this._loading = null;
    this._submitted = false;
    if (options.clientSecret !== undefined) intentKind(options.clientSecret);
    else if (options.mode !== undefined && !MODES.includes(options.mode)) {
      throw new IntegrationError(`Invalid value for elements(): mode should be one of ${MODES.join(", ")}.`);
    }
  }

  create(type, options) {
    if (!ELEMENT_TYPES.includes(type)) {
      throw new IntegrationError(`The sandbox does not model the ${type} Element; it has ${ELEMENT_TYPES.join(" and ")}.`);
    }
    if (this._members.some((member) => member._kind === type)) {
      throw new IntegrationError(`Can only create one Element of type ${type} through Elements.`);
    }
    if (type === "payment" && this._options.clientSecret === undefined && this._options.mode === undefined) {
      throw new IntegrationError("In order to create a payment element, you must pass a clientSecret or mode.");
    }
    const element = new CardFormElement(type, options, this);
    this._members.push(element);
    return element;
  }

  getElement(type) {
    const kind = typeof type === "function" ? type.__elementType : type;
    return this._members.find((member) => member._kind === kind) || null;
  }

  update(options) {
    if (options.clientSecret !== undefined && options.clientSecret !== this._options.clientSecret) {
      throw new IntegrationError("You cannot change the clientSecret after Elements has been created.");
    }
    this._options = merged(this._options, options);
    if (options.appearance) {
      this._options.appearance = options.appearance;
      for (const member of this._members) member._restyle();
    }
    this._submitted = false;
    return this;
  }

  async fetchUpdates() {
    this._loading = null;
    const error = await this._ready();
    this._emit("update-end", {});
    return error ? { error } : { status: "success" };
  }

  async submit() {
    const error = this._form()._validate();
    if (error) return { error };
    this._submitted = true;
    return { selectedPaymentMethod: "card" };
  }

  _form() {
    const form = this.getElement("payment") || this.getElement("card");
    if (form === null) throw new IntegrationError("Elements has no mounted Payment Element yet.");
    return form;
  }

  // Looks the intent up once; resolves with an error or null.
  _ready() {
    if (this._options.clientSecret === undefined) return Promise.resolve(null);
    this._loading = this._loading || this._look();
    return this._loading;
  }

  async _look() {
    const secret = this._options.clientSecret;
    const { body, error } = await callApi(this._key, "GET", intentKind(secret).path, { client_secret: secret });
    this._intent = body || null;
    return error || null;
  }

  _appearance() {
    return this._options.appearance || {};
  }

  _savesCard() {
    const { clientSecret, mode, setupFutureUsage } = this._options;
    if (clientSecret !== undefined) return intentKind(clientSecret).setup;
    return mode === "setup" || mode === "subscription" || setupFutureUsage === "off_session";
  }

  _forget(element) {
    this._members = this._members.filter((member) => member !== element);
  }
}
