import { NewTld, TLDS } from "@/features/admin/catalog/tlds";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(TLDS);

export default listPage(TLDS, NewTld);
