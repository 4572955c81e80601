import { LICENSES } from "@/features/admin/licenses/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(LICENSES);

export default listPage(LICENSES);
