import { AccountPage } from "@/features/account/account-page";
import { ConfirmAddress } from "@/features/account/mail-forms";
import { readCart } from "@/features/cart/cookie";
import { countItems } from "@/features/cart/model";
import { ClientTexts } from "@/i18n/client-texts";
import { texts } from "@/i18n/server";

type Props = { searchParams: Promise<{ token?: string }> };

export default async function VerifyEmailPage({ searchParams }: Props) {
  const [t, { token = "" }, cart] = await Promise.all([texts("account"), searchParams, readCart()]);
  return (
    <AccountPage title={t("confirmTitle")}>
      <ClientTexts namespaces={["account"]}>
        <ConfirmAddress token={token} next={countItems(cart) > 0 ? "/checkout" : "/dashboard"} />
      </ClientTexts>
    </AccountPage>
  );
}
