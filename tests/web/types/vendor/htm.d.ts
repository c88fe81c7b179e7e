declare const htm: { bind(make: unknown): (strings: TemplateStringsArray, ...values: any[]) => any };
export default htm;
