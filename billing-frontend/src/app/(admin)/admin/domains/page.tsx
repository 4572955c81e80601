import { DOMAINS } from "@/features/admin/domains/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(DOMAINS);

export default listPage(DOMAINS);
