export const docsPage = () => ({ html: '<html></html>', csp: "default-src 'self'" });
export const docsScript = '';
export const swaggerUiFolder = new URL('../../../../node_modules/swagger-ui-dist/', import.meta.url).pathname;
