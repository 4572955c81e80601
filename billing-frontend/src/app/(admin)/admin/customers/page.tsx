import { CUSTOMERS } from "@/features/admin/customers/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(CUSTOMERS);

export default listPage(CUSTOMERS);
