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
  { methods: "GET", path: /^invoices\/[^/]+(\/pdf)?$/ },
  { methods: "POST", path: /^invoices\/[^/]+\/payment$/ },
  { methods: "GET", path: /^subscriptions\/[^/]+$/ },
  { methods: "POST", path: /^subscriptions\/[^/]+\/(cancel|keep|changes)$/ },
  { methods: "DELETE GET", path: /^subscriptions\/[^/]+\/changes\/[^/]+$/ },
  { methods: "POST", path: /^subscriptions\/[^/]+\/changes\/[^/]+\/confirm$/ },
  { methods: "POST", path: /^payment-method-setups(\/finish)?$/ },
  { methods: "DELETE", path: /^payment-methods\/[^/]+$/ },
  { methods: "POST", path: /^payment-methods\/[^/]+\/default$/ },
  { methods: "POST", path: /^panel-accounts\/[^/]+\/sso$/ },
];

export function isOpen(method: string, path: string): boolean {
  return DOORS.some((door) => door.methods.split(" ").includes(method) && door.path.test(path));
}
