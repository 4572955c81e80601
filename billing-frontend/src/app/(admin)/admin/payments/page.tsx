import { PAYMENTS } from "@/features/admin/payments/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(PAYMENTS);

export default listPage(PAYMENTS);
