import { PlansPage } from "@/features/admin/catalog/plans";
import { detailPage } from "@/features/admin/detail";
import { listMetadata } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata({ name: "plans" });

export default detailPage("catalog:read", async () => <PlansPage />);
