import { VAT_CHECKS } from "@/features/admin/tax/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(VAT_CHECKS);

export default listPage(VAT_CHECKS);
