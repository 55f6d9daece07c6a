import { PanelBuilder as BarGaugePanel } from '@grafana/grafana-foundation-sdk/bargauge';
import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  BarGaugeSizing,
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
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
  VizTextDisplayOptionsBuilder,
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
import { byThresholds, mapping, noNumber, plain, type StateWords } from './colours.ts';
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
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        facts.drawBounds === true ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off,
      ),
    )
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .lineWidth(1)
    .fillOpacity(5)
    .showPoints(VisibilityMode.Auto);
}

/**
 * How often something happened, or for how long, in the last minute or more before each point. As bars: between two of
 * them there was nothing, where a line would say that there was.
 */
export function happenings(facts: NumberFacts): TimeSeriesPanel {
  return graph(facts)
    .drawStyle(GraphDrawStyle.Bars)
    .lineWidth(2)
    .fillOpacity(80)
    .showPoints(VisibilityMode.Never)
    .min(0);
}

/** A few large numbers, as they stand at the end of the time that is shown. */
export function numbers(facts: NumberFacts): StatPanel {
  return dress(new StatPanel(), { height: 4, ...facts })
    .thresholds(facts.thresholds ?? plain())
    .mappings([...(facts.words === undefined ? [] : [mapping(facts.words)]), noNumber])
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

/** How many of each: a bar for each series, none so tall that one or two of them fill the panel. */
export function bars(facts: NumberFacts): BarGaugePanel {
  return dress(new BarGaugePanel(), facts)
    .thresholds(facts.thresholds ?? plain())
    .colorScheme(byThresholds())
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .sizing(BarGaugeSizing.Manual)
    .minVizHeight(20)
    .maxVizHeight(60)
    .min(0)
    .decimals(0)
    .reduceOptions(lastValue());
}

/** How values spread: a column for each bucket, side by side. */
export function columns(facts: NumberFacts): BarGaugePanel {
  return bars(facts)
    .orientation(VizOrientation.Vertical)
    .sizing(BarGaugeSizing.Auto)
    .text(new VizTextDisplayOptionsBuilder().titleSize(12).valueSize(14));
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
