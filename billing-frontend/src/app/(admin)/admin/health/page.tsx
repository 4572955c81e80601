import { detailPage } from "@/features/admin/detail";
import { HealthPage } from "@/features/admin/health/health-page";
import { listMetadata } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata({ name: "health" });

export default detailPage("system:read", async () => <HealthPage />);
