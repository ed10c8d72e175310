/** Makes the databases, roles and topics on servers that are given by the environment, then ends. For containers. */
import { createKeysSchema, createServiceDatabases, databasePasswordVariable, keysPasswordVariable } from './databases.ts';
import { createTopics } from './kafka.ts';
import { deadLetterTopics, eventTopics } from './topics.ts';

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} must be set`);
  return value;
}

await createServiceDatabases(required('DATABASE_ADMIN_URL'), (service) => required(databasePasswordVariable(service)));
await createKeysSchema(required('DATABASE_ADMIN_URL'), required(keysPasswordVariable));
await createTopics(required('KAFKA_BROKERS').split(','), [...eventTopics, ...deadLetterTopics]);
console.log('databases, roles and topics are there');
