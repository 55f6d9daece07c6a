/** Sums all series of a metric that a program exposes. */
export async function sumOfMetric(url: string, name: string): Promise<number> {
  const response = await fetch(url);
  let sum = 0;
  for (const line of (await response.text()).split('\n'))
    if (line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  return sum;
}
