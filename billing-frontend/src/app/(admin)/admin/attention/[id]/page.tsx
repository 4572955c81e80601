import { StepPage } from "@/features/admin/attention/detail";
import { detailPage } from "@/features/admin/detail";
import { listMetadata } from "@/features/admin/list/list-view";
import { ATTENTION } from "@/features/admin/attention/list";

export const generateMetadata = listMetadata(ATTENTION);

export default detailPage<{ id: string }>("orders:read", async ({ id }) => <StepPage id={id} />);
