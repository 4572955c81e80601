import { detailPage } from "@/features/admin/detail";
import { listMetadata } from "@/features/admin/list/list-view";
import { SubscriptionPage } from "@/features/admin/subscriptions/detail";
import { SUBSCRIPTIONS } from "@/features/admin/subscriptions/list";

export const generateMetadata = listMetadata(SUBSCRIPTIONS);

export default detailPage<{ id: string }>("subscriptions:read", async ({ id }) => <SubscriptionPage id={id} />);
