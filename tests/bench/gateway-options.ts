/** The options of the gateway benchmark. */
import { parseArgs } from 'node:util';
import { gatewayNames, rivalNames, type GatewayName } from './gateway-contestants.ts';
import { operationNames, type OperationName } from './gateway-operations.ts';

export type GatewayOptions = {
  readonly gateways: readonly GatewayName[];
  readonly operations: readonly OperationName[];
  /** Of one measurement. */
  readonly seconds: number;
  /** How often each is measured, turn and turn about. */
  readonly rounds: number;
  /** Requests at the same time. */
  readonly clients: number;
  /** Whether the memory of a gateway that refuses is looked at, and how long starts take. */
  readonly memory: boolean;
  /** Of these a profile is taken after the measurements. */
  readonly profiled: readonly GatewayName[];
  /** Only the object on standard output. */
  readonly json: boolean;
  /** Where the JSON file goes; undefined for `.test/`. */
  readonly out: string | undefined;
};

/** @throws Error that says which option is wrong */
export function readGatewayOptions(args: readonly string[]): GatewayOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '3' },
      clients: { type: 'string', default: '32' },
      only: { type: 'string', default: '' },
      'skip-rivals': { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      profile: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const only = listed(values.only);
  for (const name of only) oneOf('only', name, [...gatewayNames, ...operationNames]);
  const chosen = <Name extends string>(names: readonly Name[]): readonly Name[] => {
    const named = names.filter((name) => only.includes(name));
    return named.length === 0 ? names : named;
  };
  const gateways = values.memory ? [] : chosen(gatewayNames).filter((name) => !values['skip-rivals'] || !rivalNames.has(name));
  return {
    gateways,
    operations: chosen(operationNames),
    seconds: wholeNumber('seconds', values.seconds, 3_600),
    rounds: wholeNumber('rounds', values.rounds, 100),
    clients: wholeNumber('clients', values.clients, 256),
    memory: values.memory || only.length === 0,
    profiled: listed(values.profile).map((name) => oneOf('profile', name, gatewayNames)),
    json: values.json,
    out: values.out,
  };
}

const listed = (text: string): string[] => text.split(',').filter((part) => part !== '');

function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) throw new Error(`--${option} must be a whole number from 1 to ${most}`);
  return value;
}

function oneOf<Choice extends string>(option: string, text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw new Error(`--${option} takes ${choices.join(', ')}`);
  return choice;
}
