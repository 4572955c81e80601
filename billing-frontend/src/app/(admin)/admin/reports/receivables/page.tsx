import { detailPage } from "@/features/admin/detail";
import { listMetadata } from "@/features/admin/list/list-view";
import { ReceivableRows } from "@/features/admin/reports/rows-page";

export const generateMetadata = listMetadata({ name: "receivableRows" });

export default detailPage("reports:read", async (_, params) => <ReceivableRows params={params} />);
