/**
 * What of the API the staff's pages may call from the browser, as it stands after `/api/v1/admin/`. Lists and details
 * come with their pages, made on the server, so they are not here unless a page asks again by itself.
 */
const DOORS: { methods: string; path: RegExp }[] = [
  { methods: "GET", path: /^(attention|search)$/ },
  { methods: "GET", path: /^(dunning\/)?[a-z-]+\.csv$/ },
  { methods: "GET", path: /^(invoices|credit-notes)\/[^/]+\/pdf$/ },
  { methods: "GET", path: /^customers\/[^/]+\/statement$/ },
  { methods: "POST", path: /^customers\/[^/]+\/balance\/adjustments$/ },
  { methods: "POST", path: /^customers\/[^/]+\/notes$/ },
  { methods: "DELETE", path: /^customers\/[^/]+\/notes\/[^/]+$/ },
  { methods: "POST", path: /^licenses\/[^/]+\/(suspend|reinstate)$/ },
  { methods: "POST", path: /^subscriptions\/[^/]+\/(cancel|keep)$/ },
  { methods: "POST", path: /^staff(\/[^/]+\/invitations)?$/ },
  { methods: "PATCH", path: /^staff\/[^/]+$/ },
  { methods: "POST", path: /^payments\/[^/]+\/refunds$/ },
  { methods: "POST", path: /^steps\/[^/]+\/(retry|resolve)$/ },
  { methods: "POST", path: /^dunning\/brakes\/[^/]+\/(confirm|reject)$/ },
  { methods: "POST", path: /^(panel-commands|vat-checks)\/[^/]+\/retry$/ },
  { methods: "POST", path: /^webhook-events\/[^/]+\/replay$/ },
  { methods: "POST", path: /^(tax-rates|plans|tld-prices|coupons|panel-servers)$/ },
  { methods: "PATCH", path: /^(tax-rates|plans|tld-prices|panel-servers)\/[^/]+$/ },
  { methods: "DELETE", path: /^tax-rates\/[^/]+$/ },
  { methods: "POST", path: /^coupons\/[^/]+\/deactivate$/ },
];

const PREFIX = "admin/";

export function isOpenToStaff(method: string, path: string): boolean {
  if (!path.startsWith(PREFIX)) return false;
  const rest = path.slice(PREFIX.length);
  return DOORS.some((door) => door.methods.split(" ").includes(method) && door.path.test(rest));
}
