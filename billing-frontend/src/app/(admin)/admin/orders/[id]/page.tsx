import { detailPage } from "@/features/admin/detail";
import { listMetadata } from "@/features/admin/list/list-view";
import { OrderPage } from "@/features/admin/orders/detail";
import { ORDERS } from "@/features/admin/orders/list";

export const generateMetadata = listMetadata(ORDERS);

export default detailPage<{ id: string }>("orders:read", async ({ id }) => <OrderPage id={id} />);
