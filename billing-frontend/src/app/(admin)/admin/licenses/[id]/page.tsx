import { detailPage } from "@/features/admin/detail";
import { listMetadata } from "@/features/admin/list/list-view";
import { LicensePage } from "@/features/admin/licenses/detail";
import { LICENSES } from "@/features/admin/licenses/list";

export const generateMetadata = listMetadata(LICENSES);

export default detailPage<{ id: string }>("licenses:read", async ({ id }) => <LicensePage id={id} />);
