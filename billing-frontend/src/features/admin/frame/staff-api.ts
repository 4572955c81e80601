import createClient from "openapi-fetch";

import type { paths } from "@/lib/billing-api";

/** The billing API from a page of the staff, by way of our own server, which opens only what staff pages need. */
export const staffApi = createClient<paths>({ baseUrl: "/api/staff", fetch: (request) => fetch(request) });
