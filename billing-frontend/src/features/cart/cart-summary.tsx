import { Button } from "@nextpanel/ui/button";
import { Card, CardBody, CardHeader } from "@nextpanel/ui/card";
import { Sum, SumRow } from "@nextpanel/ui/facts";
import { Field } from "@nextpanel/ui/field";
import { Input, Select } from "@nextpanel/ui/input";
import { Tag } from "lucide-react";
import Link from "next/link";

import { locale, texts } from "@/i18n/server";
import { countries } from "@/lib/countries";
import { formatMoney } from "@/lib/format";

import { setCountry, setCoupon } from "./actions";
import type { Cart } from "./model";
import type { PricedCart } from "./prices";
import type { CartQuote } from "./quote";
import { taxLabel } from "./tax-label";

interface CouponProps {
  code: string | null;
  refused: boolean;
}

async function Coupon({ code, refused }: CouponProps) {
  const t = await texts("cart");
  if (code && !refused) {
    return (
      <form action={setCoupon} className="flex items-center justify-between gap-3 rounded-control bg-good-soft px-3 py-2 text-sm">
        <span className="flex min-w-0 items-center gap-2 text-good">
          <Tag aria-hidden className="size-4 shrink-0" />
          <code className="truncate font-mono">{code}</code>
        </span>
        <Button type="submit" name="coupon" value="" variant="link" className="text-muted" aria-label={t("removeNamed", { name: code })}>
          {t("remove")}
        </Button>
      </form>
    );
  }
  return (
    <form action={setCoupon}>
      <Field label={t("coupon")} error={refused ? t("couponRefused") : undefined}>
        {(control) => (
          <div className="flex gap-2">
            <Input {...control} key={code} name="coupon" defaultValue={code ?? ""} maxLength={64} autoComplete="off" spellCheck={false} className="min-w-0 font-mono" />
            <Button type="submit" variant="secondary">
              {t("couponApply")}
            </Button>
          </div>
        )}
      </Field>
    </form>
  );
}

interface CartSummaryProps extends CartQuote {
  priced: PricedCart;
  cart: Pick<Cart, "coupon" | "country">;
  /** The account has an address, so nobody has to be asked for the country. */
  hasAddress: boolean;
}

async function Country({ chosen }: { chosen: string | null }) {
  const [t, language] = await Promise.all([texts("cart"), locale()]);
  return (
    <form action={setCountry}>
      <Field label={t("country")}>
        {(control) => (
          <div className="flex gap-2">
            <Select {...control} key={chosen} name="country" defaultValue={chosen ?? ""} className="min-w-0">
              <option value="">{t("countryLater")}</option>
              {countries(language).map((each) => (
                <option key={each.code} value={each.code}>
                  {each.name}
                </option>
              ))}
            </Select>
            <Button type="submit" variant="secondary">
              {t("showTax")}
            </Button>
          </div>
        )}
      </Field>
    </form>
  );
}

/** What the cart comes to, as the API would charge it now, and the way to the checkout. */
export async function CartSummary({ priced, cart, hasAddress, quote, couponRefused }: CartSummaryProps) {
  const [t, language] = await Promise.all([texts("cart"), locale()]);
  const money = (amount: number) => formatMoney(amount, priced.currency, language);
  const listed = quote ? quote.subtotal_amount + quote.discount_amount : priced.subtotal;
  const tax = quote?.tax_amount ?? null;
  const preview = quote?.tax.country ? t("taxPreview") : t("taxLater");
  const note = quote?.tax.note ?? (quote && hasAddress ? null : preview);
  return (
    <Card className="lg:sticky lg:top-24">
      <CardHeader title={t("summary")} />
      <CardBody className="space-y-5">
        <Sum>
          <SumRow label={t("subtotal")}>{money(listed)}</SumRow>
          {quote && quote.discount_amount > 0 ? <SumRow label={t("discount")}>{money(-quote.discount_amount)}</SumRow> : null}
          {quote && tax !== null ? <SumRow label={taxLabel(quote.tax, t("tax"), language)}>{money(tax)}</SumRow> : null}
          <SumRow label={tax !== null ? t("total") : t("beforeTax")} strong>
            {money(quote?.total_amount ?? quote?.subtotal_amount ?? priced.subtotal)}
          </SumRow>
        </Sum>
        {note ? <p className="text-sm text-muted">{note}</p> : null}
        {hasAddress ? null : <Country chosen={cart.country} />}
        <Coupon code={cart.coupon} refused={couponRefused} />
        <Button asChild size="lg" className="w-full">
          <Link href="/checkout">{t("checkout")}</Link>
        </Button>
        <p className="text-center text-xs text-muted">{t("currency", { currency: priced.currency })}</p>
      </CardBody>
    </Card>
  );
}
