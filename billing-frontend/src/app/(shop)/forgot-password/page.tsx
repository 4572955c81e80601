import { AccountPage } from "@/features/account/account-page";
import { ForgotForm } from "@/features/account/mail-forms";
import { ClientTexts } from "@/i18n/client-texts";
import { texts } from "@/i18n/server";

export default async function ForgotPasswordPage() {
  const t = await texts("account");
  return (
    <AccountPage title={t("forgotTitle")} lead={t("forgotLead")}>
      <ClientTexts namespaces={["account"]}>
        <ForgotForm />
      </ClientTexts>
    </AccountPage>
  );
}
