/** Draws a machine as a Mermaid `stateDiagram-v2`, read from the machine itself. */

import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

/**
 * Every state with what it invokes, and every transition that goes somewhere.
 * Events that a state absorbs on purpose change nothing and are not drawn.
 */
export function stateDiagram(machine: AnyStateMachine): string {
  return ['stateDiagram-v2', ...inside(machine.root).map((line) => `  ${line}`)].join('\n');
}

function inside(node: AnyStateNode): string[] {
  const children = Object.values(node.states);
  if (node.type === 'parallel') {
    const regions = children.map((region) => [...heading(region), ...body(region)]);
    return [...regions.flatMap((region, at) => (at === 0 ? region : ['--', ...region]))];
  }
  const initial = node.initial.target?.map((target) => `[*] --> ${idOf(target)}`) ?? [];
  const edges = [node, ...children].flatMap(edgesOf);
  const own = node.parent ? edges.filter((edge) => edge.from !== idOf(node)) : edges;
  return [
    ...children.flatMap((child) => [...heading(child), ...body(child)]),
    ...initial,
    ...merge(own),
    ...children.filter(({ type }) => type === 'final').map((child) => `${idOf(child)} --> [*]`),
  ];
}

function heading(node: AnyStateNode): string[] {
  const id = idOf(node);
  const invoked = node.invoke.map((actor) => actor.id).join(', ');
  if (!invoked) return [`state "${node.key}" as ${id}`];
  const isComposite = Object.keys(node.states).length > 0;
  return isComposite
    ? [`state "${node.key} (${invoked})" as ${id}`]
    : [`state "${node.key}" as ${id}`, `${id} : ${invoked}`];
}

function body(node: AnyStateNode): string[] {
  if (Object.keys(node.states).length === 0) return [];
  return [`state ${idOf(node)} {`, ...inside(node).map((line) => `  ${line}`), '}'];
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

function edgesOf(node: AnyStateNode): Edge[] {
  return [...node.transitions.values(), node.always ?? []].flatMap((candidates) =>
    candidates.flatMap((transition, at) =>
      (transition.target ?? []).map((target) => ({
        from: idOf(node),
        to: idOf(target),
        label: labelOf(transition, at > 0),
      })),
    ),
  );
}

/** One arrow between two states, however many events go that way. */
function merge(edges: readonly Edge[]): string[] {
  const labels = new Map<string, string[]>();
  for (const { from, to, label } of edges) {
    const arrow = `${from} --> ${to}`;
    labels.set(arrow, [...(labels.get(arrow) ?? []), label]);
  }
  return [...labels].map(([arrow, texts]) => {
    const text = [...new Set(texts.filter(Boolean))].join(', ');
    return text ? `${arrow} : ${text}` : arrow;
  });
}

function labelOf({ eventType, guard }: AnyTransitionDefinition, isLater: boolean): string {
  const condition = typeof guard === 'string' ? guard : isLater ? 'otherwise' : '';
  return [eventName(eventType), condition && `[${condition}]`].filter(Boolean).join(' ');
}

/** XState names its own events `xstate.after.<delay>.<state>` and `xstate.done|error.actor.<id>`. */
function eventName(eventType: string): string {
  const [, kind, name] = /^xstate\.(after|done\.actor|error\.actor)\.([^.]+)/.exec(eventType) ?? [];
  switch (kind) {
    case 'after':
      return `after ${name}`;
    case 'done.actor':
      return `${name} done`;
    case 'error.actor':
      return `${name} failed`;
    default:
      return eventType;
  }
}

function idOf(node: AnyStateNode): string {
  return node.path.length === 0 ? 'anyState' : node.path.join('_');
}
