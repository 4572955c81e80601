/**
 * What of the API a customer's page may call through our server, as it stands after `/api/v1/`. Everything else (staff,
 * panels, webhooks, tokens) does not exist here.
 */
const DOORS: { methods: string; path: RegExp }[] = [
  { methods: "GET PATCH", path: /^me$/ },
  { methods: "GET PUT", path: /^me\/billing-details$/ },
  { methods: "GET", path: /^me\/sessions$/ },
  { methods: "DELETE", path: /^me\/sessions\/[^/]+$/ },
  { methods: "POST", path: /^auth\/(password|email)\/change$/ },
  { methods: "GET", path: /^(plans|tlds|domains\/search)$/ },
  { methods: "POST", path: /^quotes$/ },
  { methods: "GET POST", path: /^orders$/ },
  { methods: "GET", path: /^orders\/[^/]+(\/events)?$/ },
  { methods: "POST", path: /^orders\/[^/]+\/payment$/ },
  { methods: "GET", path: /^invoices\/[^/]+$/ },
  { methods: "GET", path: /^(invoices|credit-notes)\/[^/]+\/(pdf|ubl)$/ },
  { methods: "GET", path: /^statement$/ },
  { methods: "POST", path: /^invoices\/[^/]+\/payment$/ },
  { methods: "GET", path: /^subscriptions\/[^/]+$/ },
  { methods: "POST", path: /^subscriptions\/[^/]+\/(cancel|keep|pause|resume|changes)$/ },
  { methods: "DELETE PUT", path: /^subscriptions\/[^/]+\/coupon$/ },
  { methods: "DELETE GET", path: /^subscriptions\/[^/]+\/changes\/[^/]+$/ },
  { methods: "POST", path: /^subscriptions\/[^/]+\/changes\/[^/]+\/confirm$/ },
  { methods: "POST", path: /^payment-method-setups(\/finish)?$/ },
  { methods: "DELETE", path: /^payment-methods\/[^/]+$/ },
  { methods: "POST", path: /^payment-methods\/[^/]+\/default$/ },
  { methods: "POST", path: /^licenses\/[^/]+\/api-keys$/ },
  { methods: "DELETE", path: /^licenses\/[^/]+\/api-keys\/[^/]+$/ },
  { methods: "PATCH", path: /^domains\/[^/]+$/ },
  { methods: "PUT", path: /^domains\/[^/]+\/(nameservers|lock|privacy|contacts)$/ },
  { methods: "POST", path: /^domains\/[^/]+\/auth-code$/ },
  { methods: "DELETE POST", path: /^domains\/calendar$/ },
  { methods: "POST", path: /^notifications\/(read-all|[^/]+\/read)$/ },
  { methods: "POST", path: /^panel-accounts\/[^/]+\/sso$/ },
];

export function isOpen(method: string, path: string): boolean {
  return DOORS.some((door) => door.methods.split(" ").includes(method) && door.path.test(path));
}
