import { detailPage } from "@/features/admin/detail";
import { listMetadata } from "@/features/admin/list/list-view";
import { ReportRows } from "@/features/admin/reports/rows-page";

export const generateMetadata = listMetadata({ name: "reports" });

export default detailPage<{ report: string; month: string }>("reports:read", async (of, params) => <ReportRows {...of} params={params} />);
