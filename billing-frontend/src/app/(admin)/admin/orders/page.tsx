import { ORDERS } from "@/features/admin/orders/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(ORDERS);

export default listPage(ORDERS);
