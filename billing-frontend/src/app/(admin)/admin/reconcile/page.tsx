import { RECONCILE_RUNS } from "@/features/admin/reconcile/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(RECONCILE_RUNS);

export default listPage(RECONCILE_RUNS);
