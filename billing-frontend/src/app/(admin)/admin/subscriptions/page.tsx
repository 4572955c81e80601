import { SUBSCRIPTIONS } from "@/features/admin/subscriptions/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(SUBSCRIPTIONS);

export default listPage(SUBSCRIPTIONS);
