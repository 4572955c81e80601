import { WEBHOOK_EVENTS } from "@/features/admin/webhooks/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(WEBHOOK_EVENTS);

export default listPage(WEBHOOK_EVENTS);
