import { CREDIT_NOTES } from "@/features/admin/credit-notes/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(CREDIT_NOTES);

export default listPage(CREDIT_NOTES);
