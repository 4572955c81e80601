import { INVOICES } from "@/features/admin/invoices/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(INVOICES);

export default listPage(INVOICES);
