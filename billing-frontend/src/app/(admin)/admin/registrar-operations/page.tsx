import { OPERATIONS } from "@/features/admin/domains/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(OPERATIONS);

export default listPage(OPERATIONS);
