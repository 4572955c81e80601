import { AUDIT } from "@/features/admin/audit/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(AUDIT);

export default listPage(AUDIT);
