import { MAILS } from "@/features/admin/mails/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(MAILS);

export default listPage(MAILS);
