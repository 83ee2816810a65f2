/** The client of Naru's own operator; identity makes it at its first start. */
export const OPERATOR_CLIENT = 'naru-operator';
