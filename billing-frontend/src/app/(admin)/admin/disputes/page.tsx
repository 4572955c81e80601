import { DISPUTES } from "@/features/admin/disputes/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(DISPUTES);

export default listPage(DISPUTES);
