import { WebhookEventPage } from "@/features/admin/webhooks/detail";
import { detailPage } from "@/features/admin/detail";
import { listMetadata } from "@/features/admin/list/list-view";
import { WEBHOOK_EVENTS } from "@/features/admin/webhooks/list";

export const generateMetadata = listMetadata(WEBHOOK_EVENTS);

export default detailPage<{ id: string }>("webhooks:read", async ({ id }) => <WebhookEventPage id={id} />);
