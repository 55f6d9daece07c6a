import { PanelBuilder as BarGaugePanel } from '@grafana/grafana-foundation-sdk/bargauge';
import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  type Panel,
  type ThresholdsConfigBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelinePanel } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TimeSeriesPanel } from '@grafana/grafana-foundation-sdk/timeseries';
import { byThresholds, mapping, plain, type StateWords } from './colours.ts';
import { dress, type PanelFacts } from './dress.ts';

export type AnyPanel = cog.Builder<Panel> & { id(id: number): unknown };

export interface NumberFacts extends PanelFacts {
  readonly thresholds?: ThresholdsConfigBuilder;
  readonly words?: StateWords;
  /** Whether a graph shows where its thresholds are. */
  readonly drawBounds?: true;
}

/** Lines over time. */
export function graph(facts: NumberFacts): TimeSeriesPanel {
  return dress(new TimeSeriesPanel(), facts)
    .thresholds(facts.thresholds ?? plain())
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(facts.drawBounds === true ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .lineWidth(1)
    .fillOpacity(5)
    .showPoints(VisibilityMode.Auto);
}

/** A few large numbers, as they stand at the end of the time that is shown. */
export function numbers(facts: NumberFacts): StatPanel {
  return dress(new StatPanel(), { height: 4, ...facts })
    .thresholds(facts.thresholds ?? plain())
    .mappings(facts.words === undefined ? [] : [mapping(facts.words)])
    .colorScheme(byThresholds())
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(lastValue());
}

/** Which state each thing was in, over time. Coloured by thresholds, Grafana would merge states into these and lose their words. */
export function states(facts: NumberFacts & { readonly words: StateWords }): StateTimelinePanel {
  return dress(new StateTimelinePanel(), facts)
    .thresholds(facts.thresholds ?? plain())
    .mappings([mapping(facts.words)])
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor('text'))
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .rowHeight(0.8)
    .fillOpacity(80)
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.None));
}

/** How many of each: a bar for each series. */
export function bars(facts: NumberFacts): BarGaugePanel {
  return dress(new BarGaugePanel(), facts)
    .thresholds(facts.thresholds ?? plain())
    .colorScheme(byThresholds())
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .min(0)
    .decimals(0)
    .reduceOptions(lastValue());
}

function legend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true);
}

function lastValue(): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().values(false).calcs(['lastNotNull']);
}
