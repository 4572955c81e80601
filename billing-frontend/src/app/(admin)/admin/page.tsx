import { DashboardPage } from "@/features/admin/dashboard/dashboard-page";
import { detailPage } from "@/features/admin/detail";

export default detailPage("orders:read", async (_, params) => <DashboardPage params={params} />);
