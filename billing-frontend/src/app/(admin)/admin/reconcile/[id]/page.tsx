import { detailPage } from "@/features/admin/detail";
import type { SearchParams } from "@/features/admin/list/address";
import { listMetadata } from "@/features/admin/list/list-view";
import { ReconcileRun } from "@/features/admin/reconcile/detail";
import { RECONCILE_RUNS } from "@/features/admin/reconcile/list";

export const generateMetadata = listMetadata(RECONCILE_RUNS);

export default detailPage<{ id: string }>("reports:read", async ({ id }, params: SearchParams) => <ReconcileRun id={id} params={params} />);
