import type { Metadata } from "next";

import { OrderProgress } from "@/features/orders/order-progress";
import { ClientTexts } from "@/i18n/client-texts";
import { texts } from "@/i18n/server";
import { api, need } from "@/server/api";
import { config } from "@/server/config";

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ redirect_status?: string }> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await texts("order"))("title") };
}

export default async function OrderPage({ params, searchParams }: Props) {
  const { id } = await params;
  const order = await need((await api()).GET("/api/v1/orders/{order_id}", { params: { path: { order_id: id } } }));
  return (
    <div className="px-4 pt-14 sm:px-6">
      <ClientTexts namespaces={["order", "pay"]}>
        <OrderProgress initial={order} source={config().stripe} isReturning={(await searchParams).redirect_status === "succeeded"} />
      </ClientTexts>
    </div>
  );
}
