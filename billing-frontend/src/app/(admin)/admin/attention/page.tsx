import { ATTENTION } from "@/features/admin/attention/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(ATTENTION);

export default listPage(ATTENTION);
