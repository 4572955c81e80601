import { detailPage } from "@/features/admin/detail";
import { listMetadata } from "@/features/admin/list/list-view";
import { CustomerPage } from "@/features/admin/customers/detail";
import { CUSTOMERS } from "@/features/admin/customers/list";

export const generateMetadata = listMetadata(CUSTOMERS);

export default detailPage<{ id: string }>("customers:read", async ({ id }, params) => <CustomerPage id={id} params={params} />);
