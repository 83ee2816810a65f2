export const openApiDocument = (_: { issuer: string }): object => ({ openapi: '3.1.1' });
