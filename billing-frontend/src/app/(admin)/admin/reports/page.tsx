import { detailPage } from "@/features/admin/detail";
import { listMetadata } from "@/features/admin/list/list-view";
import { ReportPage } from "@/features/admin/reports/report-page";

export const generateMetadata = listMetadata({ name: "reports" });

export default detailPage("reports:read", async (_, params) => <ReportPage params={params} />);
