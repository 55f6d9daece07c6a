/** Why nobody can tell whether an incident is over, and what can be done about that; empty while somebody can. */
export function describeUnseen({
  id,
  blind,
  unwatched,
  phase,
}: {
  readonly id: string;
  readonly blind: boolean;
  readonly unwatched: boolean;
  readonly phase: string;
}): readonly string[] {
  if (phase === 'closed') return [];
  return [
    ...(blind ? ['Readings it rests on cannot be had: nobody can tell whether service is back.'] : []),
    ...(unwatched
      ? [
          'No rule file without problems declares its service: nobody watches it. Where `andon status` names problems, mend them.',
        ]
      : []),
    ...(blind || unwatched
      ? [`When that is for good, it can be closed by hand: andon incidents close ${id} --because TEXT`]
      : []),
  ];
}
