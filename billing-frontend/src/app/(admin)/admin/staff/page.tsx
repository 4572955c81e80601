import { detailPage } from "@/features/admin/detail";
import { listMetadata } from "@/features/admin/list/list-view";
import { STAFF } from "@/features/admin/staffing/list";
import { StaffPage } from "@/features/admin/staffing/roles";

export const generateMetadata = listMetadata(STAFF);

export default detailPage("staff:write", async (_, params) => <StaffPage params={params} />);
