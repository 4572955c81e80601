// What `Stripe(publishableKey)` returns.

const VERSION = "endive";
const DONE = ["succeeded", "processing", "requires_capture"];
const never = () => new Promise(() => {});

function checkKey(key) {
  if (typeof key !== "string" || key === "") throw new IntegrationError("Missing value for Stripe(): apiKey should be a string.");
  if (/^(sk|rk)_/.test(key)) throw new IntegrationError("You should not use your secret key with Stripe.js. Please pass a publishable key instead.");
  if (!key.startsWith("pk_test_")) throw new IntegrationError("This is the sandbox's Stripe.js: it takes keys that start with pk_test_ only.");
}

// Follows an intent to its end: the dialog, or the bank's page when the server asked for a redirect.
async function followActions(kind, intent) {
  let current = intent;
  while (current.status === "requires_action") {
    const action = current.next_action || {};
    if (action.type === "redirect_to_url") {
      window.location.assign(action.redirect_to_url.url);
      return never();
    }
    const { body, error } = await passChallenge(current);
    if (error) return { error };
    current = body;
  }
  if (DONE.includes(current.status)) return { [kind.result]: current };
  const problem = current[kind.problem] || { type: "invalid_request_error", message: `The intent is ${current.status}.` };
  return { error: { ...problem, [kind.field]: current } };
}

function leaveFor(returnUrl, kind, intent) {
  const url = new URL(returnUrl, window.location.href);
  url.searchParams.set(kind.field, intent.id);
  url.searchParams.set(`${kind.field}_client_secret`, intent.client_secret);
  url.searchParams.set("redirect_status", "succeeded");
  window.location.assign(url.href);
  return never();
}

class StripeClient {
  constructor(key) {
    this._key = key;
    this._wrappers = [];
  }

  elements(options) {
    return new Elements(this._key, options);
  }

  registerAppInfo(info) {
    this._wrappers.push(info);
  }

  _registerWrapper(info) {
    this._wrappers.push(info);
  }

  confirmPayment(options) {
    return this._confirmFrom("confirmPayment", false, options);
  }

  confirmSetup(options) {
    return this._confirmFrom("confirmSetup", true, options);
  }

  confirmCardPayment(clientSecret, data = {}, options = {}) {
    return this._confirmCard("confirmCardPayment", false, clientSecret, data, options);
  }

  confirmCardSetup(clientSecret, data = {}, options = {}) {
    return this._confirmCard("confirmCardSetup", true, clientSecret, data, options);
  }

  retrievePaymentIntent(clientSecret) {
    return this._retrieve(clientSecret);
  }

  retrieveSetupIntent(clientSecret) {
    return this._retrieve(clientSecret);
  }

  async handleNextAction({ clientSecret }) {
    const found = await this._retrieve(clientSecret);
    if (found.error) return found;
    const kind = intentKind(clientSecret);
    const intent = found[kind.result];
    if (intent.status !== "requires_action") {
      const message = `handleNextAction: the intent is not in the requires_action state but ${intent.status}.`;
      return { error: { type: "invalid_request_error", code: `${kind.field}_unexpected_state`, message } };
    }
    return followActions(kind, intent);
  }

  async createPaymentMethod(options) {
    const { elements, params = {}, card, billing_details: details, metadata } = options;
    const data = elements ? this._typedIn(elements, params) : this._cardData(card, details);
    if (data.error) return data;
    const { body, error } = await this._post("payment_methods", merged(data, { metadata }));
    return error ? { error } : { paymentMethod: body };
  }

  async createConfirmationToken({ elements, params = {} }) {
    const data = this._typedIn(elements, params.payment_method_data);
    if (data.error) return data;
    const fields = { payment_method_data: data, return_url: params.return_url, shipping: params.shipping };
    const { body, error } = await this._post("confirmation_tokens", fields);
    return error ? { error } : { confirmationToken: body };
  }

  async createToken(element, data = {}) {
    if (!(element instanceof CardFormElement)) throw new IntegrationError("createToken() takes a mounted card Element.");
    const problem = element._validate();
    if (problem) return { error: problem };
    const { body, error } = await this._post("tokens", { card: { ...element._methodData().card, ...data } });
    return error ? { error } : { token: body };
  }

  _post(path, fields) {
    return callApi(this._key, "POST", path, fields);
  }

  async _retrieve(clientSecret) {
    const kind = intentKind(clientSecret);
    const { body, error } = await callApi(this._key, "GET", kind.path, { client_secret: clientSecret });
    return error ? { error } : { [kind.result]: body };
  }

  // What the customer typed, as payment method data, or {error}.
  _typedIn(elements, more = {}) {
    const error = elements._form()._validate();
    return error ? { error } : merged(elements._form()._methodData(), more);
  }

  _cardData(card, details) {
    if (card instanceof CardFormElement) {
      const error = card._validate();
      return error ? { error } : merged(card._methodData(), { billing_details: details });
    }
    return { type: "card", card, billing_details: details };
  }

  async _confirmFrom(name, setup, { elements, clientSecret, confirmParams = {}, redirect = "always" }) {
    const secret = clientSecret || (elements && elements._options.clientSecret);
    const kind = intentKind(secret);
    if (kind.setup !== setup) throw new IntegrationError(`stripe.${name}(): the clientSecret is of the other kind of intent.`);
    const returnUrl = confirmParams.return_url;
    if (redirect !== "if_required" && !returnUrl) {
      throw new IntegrationError(
        `stripe.${name}(): the \`confirmParams.return_url\` argument is required unless passing \`redirect: 'if_required'\`.`,
      );
    }
    if (elements && elements._options.clientSecret === undefined && !elements._submitted) {
      throw new IntegrationError(`elements.submit() must be called before stripe.${name}().`);
    }
    const { payment_method_data: more, return_url: _, ...rest } = confirmParams;
    const fields = { ...rest, return_url: returnUrl };
    if (elements) {
      const data = this._typedIn(elements, more);
      if (data.error) return data;
      fields.payment_method_data = data;
    } else if (more) fields.payment_method_data = more;
    const result = await this._confirm(kind, secret, fields);
    if (result.error || redirect === "if_required") return result;
    return leaveFor(returnUrl, kind, result[kind.result]);
  }

  async _confirmCard(name, setup, clientSecret, data, { handleActions = true }) {
    const kind = intentKind(clientSecret);
    if (kind.setup !== setup) throw new IntegrationError(`stripe.${name}(): the clientSecret is of the other kind of intent.`);
    const { payment_method: method, return_url: returnUrl, ...rest } = data;
    const fields = { ...rest, return_url: returnUrl };
    if (typeof method === "string") fields.payment_method = method;
    else if (method) {
      fields.payment_method_data = this._cardData(method.card, method.billing_details);
      if (fields.payment_method_data.error) return fields.payment_method_data;
    }
    return this._confirm(kind, clientSecret, fields, handleActions);
  }

  async _confirm(kind, clientSecret, fields, handleActions = true) {
    const sent = { ...fields, client_secret: clientSecret, use_stripe_sdk: true };
    const { body, error } = await this._post(`${kind.path}/confirm`, sent);
    if (error) return { error };
    if (!handleActions) return { [kind.result]: body };
    return followActions(kind, body);
  }
}

function Stripe(key, _options) {
  checkKey(key);
  return new StripeClient(key);
}

Stripe.version = VERSION;
window.Stripe = Stripe;
