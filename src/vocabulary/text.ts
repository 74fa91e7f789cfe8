// A sentence shown to people, in the two languages of the product. Chinese comes first everywhere.

export interface Text {
  zh: string;
  en: string;
}

export type Language = keyof Text;
