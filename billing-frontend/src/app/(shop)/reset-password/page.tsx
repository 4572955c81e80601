import { AccountPage } from "@/features/account/account-page";
import { ResetForm } from "@/features/account/mail-forms";
import { ClientTexts } from "@/i18n/client-texts";
import { texts } from "@/i18n/server";

type Props = { searchParams: Promise<{ token?: string }> };

export default async function ResetPasswordPage({ searchParams }: Props) {
  const [t, { token = "" }] = await Promise.all([texts("account"), searchParams]);
  return (
    <AccountPage title={t("resetTitle")}>
      <ClientTexts namespaces={["account"]}>
        <ResetForm token={token} />
      </ClientTexts>
    </AccountPage>
  );
}
